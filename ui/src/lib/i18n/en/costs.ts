import type ko from '../ko/costs';

export default {} satisfies typeof ko;
