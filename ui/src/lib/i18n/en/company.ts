import type ko from '../ko/company';

export default {} satisfies typeof ko;
