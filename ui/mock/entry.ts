/** Things entered by hand. */
import { route } from './routes.ts';

route('POST /orders', () => ({ id: 'ord_1' }));
route('POST /parties/:id/visits', () => ({ id: 'vis_1' }));
