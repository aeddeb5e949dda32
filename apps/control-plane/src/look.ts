import type { FindingView } from '@soundbite/client';
import { toErrorDocument } from '@soundbite/model';

/** Looks at one thing; what it throws is what it found. */
export async function look(name: string, work: () => Promise<Omit<FindingView, 'name'>>): Promise<FindingView> {
  try {
    return { name, ...(await work()) };
  } catch (error) {
    const { message, mend } = toErrorDocument(error);
    return { name, ok: false, detail: message, mend };
  }
}
