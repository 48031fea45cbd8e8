import type ko from '../ko/entry';

export default {} satisfies typeof ko;
