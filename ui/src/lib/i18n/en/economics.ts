import type ko from '../ko/economics';

export default {} satisfies typeof ko;
