import { z } from 'zod';
import { Digest } from '../digest.ts';
import { Role } from './roles.ts';

/** POST /v1/promotions/:id/approval: yes or no to a promotion that waits for it. */
export const ApprovalRequest = z.strictObject({
  verdict: z.enum(['yes', 'no']),
  reason: z.string().trim().min(1).max(1000).optional(),
  /** What is said yes to; refused if the promotion brings another release. */
  release: Digest.optional(),
});
export type ApprovalRequest = z.infer<typeof ApprovalRequest>;

/** What a person said of a promotion, by a token that is in force. */
export const Approval = z.object({
  person: z.string(),
  role: Role,
  verdict: ApprovalRequest.shape.verdict,
  reason: z.string().nullable(),
  /** ISO 8601. */
  at: z.string(),
});
export type Approval = Readonly<z.infer<typeof Approval>>;

/** Somebody who may say yes or no somewhere. */
export interface Approver {
  readonly person: string;
  readonly role: Role;
}

/** What has to be known of people to judge a promotion. */
export interface ApprovalFacts {
  /** The last word of each who said something of it and still may. */
  readonly said: readonly Approval[];
  /** Who may say something there. */
  readonly approvers: readonly Approver[];
  /** Who asked for it; null: nobody yet. */
  readonly requester: string | null;
  /** Who wrote what the release adds to what is live, by e-mail address; empty where that does not matter. */
  readonly authors: readonly string[] | UnknownAuthors;
}

/** Nobody knows who wrote a release: why, and what ends that. */
export interface UnknownAuthors {
  readonly unknown: string;
}

/** Whether nobody's word about a promotion changes anything any more: it was let in, or has ended. */
export const isDecided = ({
  state,
  admission,
}: {
  readonly state: string;
  readonly admission: string | null;
}): boolean => state !== 'waiting' || admission !== null;
