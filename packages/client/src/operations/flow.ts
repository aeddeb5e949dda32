import * as schemas from '../schemas.ts';
import { define, named, refusable } from './operation.ts';

/** Calls about what keeps releases from entering. */
export const flowOperations = define({
  listFreezes: {
    method: 'get',
    path: '/v1/freezes',
    summary: 'Freezes in force, newest first',
    action: 'look',
    query: schemas.FreezeListQuery,
    answer: schemas.FreezeList,
    errors: named,
  },
  addFreeze: {
    method: 'post',
    path: '/v1/environments/{name}/freezes',
    summary: 'Freeze an environment: nothing enters it until then; the freezes in force there',
    action: 'deliver',
    where: 'path',
    body: schemas.FreezeRequest,
    answer: schemas.FreezeList,
    errors: refusable,
  },
  removeFreeze: {
    method: 'delete',
    path: '/v1/freezes/{id}',
    summary: 'End a freeze before its time; the freezes still in force there',
    action: 'deliver',
    where: 'id',
    answer: schemas.FreezeList,
    errors: named,
  },
  holdEnvironment: {
    method: 'post',
    path: '/v1/environments/{name}/hold',
    summary: 'Hold an environment: nothing enters it until it is resumed; the holds in force there',
    action: 'deliver',
    where: 'path',
    body: schemas.HoldRequest,
    answer: schemas.HoldList,
    errors: refusable,
  },
  resumeEnvironment: {
    method: 'post',
    path: '/v1/environments/{name}/resume',
    summary: 'End one hold of an environment, or the asker’s own; the holds still in force there',
    action: 'deliver',
    where: 'path',
    body: schemas.ResumeRequest,
    answer: schemas.HoldList,
    errors: refusable,
  },
});
