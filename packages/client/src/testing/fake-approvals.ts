import {
  type Actor,
  type Approval,
  type ApprovalRequest,
  type Approver,
  approvalGate,
  type GateRecord,
  gatesAt,
  type PromotionView,
  relaxedReasons,
  waitAtMost,
  withinTime,
} from '@soundbite/model';
import type { FakePlace } from './fake-places.ts';

/** What people said of promotions, in memory; judged by the model's own gate. `approvers`: who may say something there. */
export function fakeApprovals(approvers: (environment: string) => readonly Approver[]) {
  const asks = ({ declaration }: FakePlace) => {
    const asked = gatesAt(declaration, 'entry').find(({ gate }) => gate === 'approval');
    return asked && { ...approvalGate.options.parse(asked.options), relaxed: relaxedReasons(asked) };
  };
  const said = new Map<string, readonly Approval[]>();
  /** The last word of each who said something. */
  const lastWords = (id: string): Approval[] =>
    (said.get(id) ?? []).filter(
      (one, index, all) => all.findLastIndex(({ person }) => person === one.person) === index,
    );
  return {
    say(id: string, { verdict, reason }: ApprovalRequest, { person, name, role }: Actor): void {
      const word: Approval = {
        person: person ?? name,
        role,
        verdict,
        reason: reason ?? null,
        at: new Date().toISOString(),
      };
      said.set(id, [...(said.get(id) ?? []), word]);
    },
    /** All that was said, in order. */
    said: (id: string): Approval[] => [...(said.get(id) ?? [])],
    lastWords,
    isOwnEnough: (place: FakePlace): boolean => asks(place)?.self === true,
    /** What the approval gate of a place says; nothing where it has none. */
    of(
      {
        promotion,
        actor,
        createdAt,
      }: Pick<PromotionView, 'promotion' | 'actor'> & Partial<Pick<PromotionView, 'createdAt'>>,
      place: FakePlace,
    ): readonly GateRecord[] {
      const options = asks(place);
      if (!options) return [];
      const facts = {
        said: lastWords(promotion),
        approvers: approvers(place.name),
        requester: actor,
        authors: [],
      };
      const { until: _, let: __, ...result } = approvalGate.decide(facts, options, Date.now());
      const { who, ...rest } = result;
      const also = who ? { who: [...who] } : {};
      const reasons = [...rest.reasons];
      const record: GateRecord = {
        ...{ gate: 'approval', moment: 'entry', until: null, seconds: null },
        ...{ ...rest, ...also, reasons },
      };
      const askedAt = createdAt === undefined ? null : Date.parse(createdAt);
      const atMost = waitAtMost.parse((options as { waitAtMost?: string }).waitAtMost);
      const now = withinTime(record, atMost, askedAt, Date.now());
      return [{ ...now, reasons: [...now.reasons, ...options.relaxed] }];
    },
  };
}
