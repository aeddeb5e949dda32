import * as z from 'zod';
import { DEFAULT_VOICE, VOICE_NAMES } from '../engines/voices.ts';
import { type CallbackPolicy, callbackUrlProblem } from '../soundbites/callback-url.ts';
import { isSpeakable } from '../soundbites/speakable.ts';

/** The rules for a text, in the order in which they are told; the first that is broken is. */
function textProblem(text: string, maxBytes: number): string | undefined {
  if (text === '') return 'is empty';
  if (!text.isWellFormed()) return 'has half of a surrogate pair in it';
  if (text.includes('\0')) return 'has a NUL character in it';
  if (/[^\P{Cc}\t\n\r]/u.test(text)) return 'has a control character in it';
  if (text.includes('\ufffd')) return 'has U+FFFD in it: what stood there was lost on the way';
  if (text.trim() === '') return 'is blank';
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes) return `is ${bytes} bytes long in UTF-8; the most is ${maxBytes}`;
  return isSpeakable(text) ? undefined : 'has no letter or digit that an English voice can say';
}

interface RequestRules {
  readonly textBytes: number;
  readonly callbacks: CallbackPolicy;
}

/** The body of POST /soundbites under an environment's rules. Unknown members are refused: a misspelt one would be ignored. */
export function soundbiteRequest({ textBytes, callbacks }: RequestRules) {
  return z.strictObject({
    text: z
      .string()
      .superRefine((text, context) => {
        const message = textProblem(text, textBytes);
        if (message !== undefined) context.addIssue({ code: 'custom', message });
      })
      .meta({ description: `What is to be said; up to ${textBytes} bytes of UTF-8`, example: 'Good morning!' }),
    voice: z.enum(VOICE_NAMES).default(DEFAULT_VOICE).meta({ description: 'A name that GET /voices gives' }),
    format: z.enum(['wav', 'mp3']).default('wav'),
    speed: z.number().min(0.5).max(2).default(1).meta({ description: '1 is the voice’s own pace' }),
    callbackUrl: z
      .string()
      .superRefine((url, context) => {
        const message = callbackUrlProblem(url, callbacks);
        if (message !== undefined) context.addIssue({ code: 'custom', message });
      })
      .optional()
      .meta({
        description: 'A public http(s) address that is sent a signed webhook when the soundbite is ready or failed',
      }),
  });
}
