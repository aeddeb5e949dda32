import * as schemas from '../schemas.ts';
import { define } from './operation.ts';

/** Calls about the demo. It acts on the last environment, as one who may do everything: so its asker must be allowed to deliver everywhere. */
export const demoOperations = define({
  getDemo: {
    method: 'get',
    path: '/v1/demo',
    summary: 'The demo that runs, or that ended last, and whether one can be shown here',
    action: 'look',
    answer: schemas.DemoView,
  },
  startDemo: {
    method: 'post',
    path: '/v1/demo',
    summary: 'Begin a demo, as soundbite demo does; while one runs, that one is answered',
    action: 'deliver',
    where: 'chain',
    body: schemas.DemoRequest,
    answer: schemas.DemoView,
    errors: [409],
  },
  stopDemo: {
    method: 'delete',
    path: '/v1/demo',
    summary: 'Stop the demo that runs: it cleans up, and ends; where none runs, nothing happens',
    action: 'deliver',
    where: 'chain',
    answer: schemas.DemoView,
  },
});
