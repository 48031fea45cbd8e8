import type ko from '../ko/kotler';

export default {} satisfies typeof ko;
