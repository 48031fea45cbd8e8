import type ko from '../ko/value';

export default {} satisfies typeof ko;
