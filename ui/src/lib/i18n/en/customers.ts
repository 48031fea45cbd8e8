import type ko from '../ko/customers';

export default {} satisfies typeof ko;
