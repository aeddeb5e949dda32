import { ApprovalRequest } from '@soundbite/model/people/approval.ts';
import { ApprovalLink, ApprovalLinkRequest } from '@soundbite/model/people/approval-link.ts';
import { PromotionBody } from '@soundbite/model/promotion.ts';
import * as schemas from '../schemas.ts';
import { define, named, refusable } from './operation.ts';

/** Calls about promotions. */
export const promotionOperations = define({
  requestPromotion: {
    method: 'post',
    path: '/v1/promotions',
    summary: 'Promote or roll back',
    action: 'deliver',
    where: 'body',
    body: PromotionBody,
    answer: schemas.PromotionView,
    status: 202,
    errors: refusable,
  },
  listPromotions: {
    method: 'get',
    path: '/v1/promotions',
    summary: 'Promotions, newest first',
    action: 'look',
    query: schemas.PromotionListQuery,
    answer: schemas.PromotionList,
    errors: named,
  },
  getPromotion: {
    method: 'get',
    path: '/v1/promotions/{id}',
    summary: 'One promotion; a long poll with waitMs and seen',
    action: 'look',
    query: schemas.PromotionQuery,
    answer: schemas.PromotionView,
    errors: named,
  },
  getTimeline: {
    method: 'get',
    path: '/v1/promotions/{id}/timeline',
    summary:
      'What happened to a promotion: waits apart from work, who, why, and on which evidence; by the records alone',
    action: 'look',
    answer: schemas.Timeline,
    errors: named,
  },
  abortPromotion: {
    method: 'post',
    path: '/v1/promotions/{id}/abort',
    summary: 'Stop a promotion and roll back',
    action: 'deliver',
    where: 'id',
    body: schemas.AbortRequest,
    answer: schemas.PromotionView,
    errors: refusable,
  },
  createApprovalLink: {
    method: 'post',
    path: '/v1/promotions/{id}/link',
    summary: 'Make a link by which a person decides it once; others’ links are an admin’s to make',
    action: 'decide',
    where: 'id',
    body: ApprovalLinkRequest,
    answer: ApprovalLink,
    errors: refusable,
  },
  decidePromotion: {
    method: 'post',
    path: '/v1/promotions/{id}/approval',
    summary: 'Say yes or no to a promotion that waits for it',
    action: 'decide',
    where: 'id',
    body: ApprovalRequest,
    answer: schemas.PromotionView,
    errors: refusable,
  },
});
