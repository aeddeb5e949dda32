import { promotionCourse } from './promotion-course.ts';
import { promotionLooks } from './promotion-looks.ts';
import { promotionRequests } from './promotion-requests.ts';
import type { Sites } from './sites.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/** Promotions: from the request to the end. Every change puts its fact into the ledger and its event beside it, in the same transaction. */
export const promotionsRepository = (work: UnitOfWork, sites: Sites) => ({
  ...promotionRequests(work, sites),
  ...promotionCourse(work, sites),
  ...promotionLooks(work, sites),
});
