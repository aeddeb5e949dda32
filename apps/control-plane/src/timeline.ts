import type { Timeline } from '@soundbite/client';
import { promotionUnknown } from '@soundbite/engine';
import { spansOf, timelineOf } from '@soundbite/model';
import { cutFrom } from './cut-from.ts';
import { evidenceBehind } from './evidence.ts';
import type { World } from './world/world.ts';

/** What happened to a promotion, whoever's it is and however long ago, with the evidence behind it. Of the records and this home's releases alone. Errors: `promotion-unknown`. */
export async function timeline(world: Pick<World, 'engine' | 'ownReleases' | 'config'>, id: string): Promise<Timeline> {
  const { records } = world.engine;
  const course = await records.course(id);
  if (!course) throw promotionUnknown(id);
  const { role, follows, aborts, cloud, admittedAt, view } = course;
  const [approvals, evidence, cut] = await Promise.all([
    records.approvalsBehind(id),
    evidenceBehind(records, view.release, { promotion: id, admittedAt }),
    cutFrom(world, view.release),
  ]);
  const entries = timelineOf(course);
  return { ...view, cut, role, follows, aborts, cloud, ...spansOf(view), entries, approvals, evidence };
}
