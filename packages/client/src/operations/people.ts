import * as schemas from '../schemas.ts';
import { define, named, refusable } from './operation.ts';

/** Calls about who may ask, and who did. */
export const peopleOperations = define({
  createToken: {
    method: 'post',
    path: '/v1/tokens',
    summary: 'Make a token for a person or a program; it is in this answer only',
    action: 'administer',
    by: 'token',
    body: schemas.TokenRequest,
    answer: schemas.PrintedToken,
    errors: refusable,
  },
  listTokens: {
    method: 'get',
    path: '/v1/tokens',
    summary: 'Tokens, newest first',
    action: 'administer',
    answer: schemas.TokenList,
  },
  revokeToken: {
    method: 'delete',
    path: '/v1/tokens/{token}',
    summary: 'Take a token back',
    action: 'administer',
    query: schemas.TokenChoice,
    answer: schemas.TokenView,
    errors: named,
  },
  getAsker: {
    method: 'get',
    path: '/v1/me',
    summary: 'Whom the request is from, and in which role',
    action: 'look',
    answer: schemas.AskerView,
  },
  createPageLink: {
    method: 'post',
    path: '/v1/page/link',
    summary: 'Make a link by which a browser is let in once, within minutes, as who asks',
    action: 'look',
    by: 'token',
    answer: schemas.PageLink,
  },
  readAccesses: {
    method: 'get',
    path: '/v1/accesses',
    summary: 'Who asked for what, newest first',
    action: 'administer',
    query: schemas.AccessQuery,
    answer: schemas.AccessList,
  },
});
