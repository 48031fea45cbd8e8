import type ko from '../ko/leak';

export default {} satisfies typeof ko;
