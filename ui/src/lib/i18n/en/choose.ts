import type ko from '../ko/choose';

export default {} satisfies typeof ko;
