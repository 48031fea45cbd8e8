import type ko from '../ko/imports';

export default {} satisfies typeof ko;
