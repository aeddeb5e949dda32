import { maxEvidenceBytes } from '@soundbite/model/release-evidence.ts';
import * as schemas from '../schemas.ts';
import { define, named, refusable } from './operation.ts';

/** Calls about releases and their evidence. */
export const releaseOperations = define({
  cutRelease: {
    method: 'post',
    path: '/v1/releases',
    summary: 'Cut a release',
    action: 'deliver',
    body: schemas.CutRequest,
    answer: schemas.CutResult,
    errors: refusable,
  },
  listReleases: {
    method: 'get',
    path: '/v1/releases',
    summary: 'Releases, newest first',
    action: 'look',
    answer: schemas.ReleaseList,
  },
  getRelease: {
    method: 'get',
    path: '/v1/releases/{digest}',
    summary: 'One release',
    action: 'look',
    answer: schemas.ReleaseView,
    errors: refusable,
  },
  verifyRelease: {
    method: 'post',
    path: '/v1/releases/{digest}/verify',
    summary: 'Recompute all digests of a release',
    action: 'look',
    answer: schemas.VerifyResult,
    errors: refusable,
  },
  pushRelease: {
    method: 'post',
    path: '/v1/releases/{digest}/push',
    summary: 'Put a release into the store that homes share',
    action: 'deliver',
    answer: schemas.PushResult,
    errors: refusable,
  },
  removeRelease: {
    method: 'delete',
    path: '/v1/releases/{digest}',
    summary: 'Take a release out of the store',
    action: 'administer',
    answer: schemas.RemoveResult,
    errors: refusable,
  },
  addEvidence: {
    method: 'post',
    path: '/v1/releases/{digest}/evidence',
    summary: 'Keep a file that is evidence of a release, and read its verdict',
    action: 'deliver',
    query: schemas.EvidenceQuery,
    file: { most: maxEvidenceBytes },
    answer: schemas.EvidenceView,
    errors: refusable,
  },
  listEvidence: {
    method: 'get',
    path: '/v1/releases/{digest}/evidence',
    summary: 'Evidence of a release, newest first',
    action: 'look',
    answer: schemas.EvidenceList,
  },
  getEvidence: {
    method: 'get',
    path: '/v1/evidence/{id}',
    summary: 'One piece of evidence, with its file if asked for',
    action: 'look',
    query: schemas.EvidenceShowQuery,
    answer: schemas.EvidenceView,
    errors: named,
  },
});
