import type ko from '../ko/today';

export default {} satisfies typeof ko;
