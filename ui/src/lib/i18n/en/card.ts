import type ko from '../ko/card';

export default {} satisfies typeof ko;
