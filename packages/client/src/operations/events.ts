import * as schemas from '../schemas.ts';
import { define } from './operation.ts';

/** Calls about what happens. */
export const eventOperations = define({
  followEvents: {
    method: 'get',
    path: '/v1/events',
    summary: 'What changes, in order: none left out, none twice',
    action: 'look',
    query: schemas.EventQuery,
    answer: schemas.EventLine,
    lines: true,
    numbered: true,
  },
});
