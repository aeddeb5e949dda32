import type { Timeline } from '@soundbite/client';
import { promotionUnknown } from '@soundbite/engine';
import { spansOf, timelineOf } from '@soundbite/model';
import { evidenceBehind } from './evidence.ts';
import type { World } from './world/world.ts';

/** What happened to a promotion, whoever's it is and however long ago, with the evidence behind it. Of the records alone. Errors: `promotion-unknown`. */
export async function timeline({ engine: { records } }: Pick<World, 'engine'>, id: string): Promise<Timeline> {
  const course = await records.course(id);
  if (!course) throw promotionUnknown(id);
  const { role, follows, aborts, cloud, admittedAt, view } = course;
  const [approvals, evidence] = await Promise.all([
    records.approvalsBehind(id),
    evidenceBehind(records, view.release, { promotion: id, admittedAt }),
  ]);
  return { ...view, role, follows, aborts, cloud, ...spansOf(view), entries: timelineOf(course), approvals, evidence };
}
