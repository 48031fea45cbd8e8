import type ko from '../ko/door';

export default {} satisfies typeof ko;
