import * as z from 'zod';
import { DEFAULT_VOICE, VOICE_NAMES } from '../engines/voices.ts';
import { type CallbackPolicy, callbackUrlProblem } from '../soundbites/callback-url.ts';
import { lengthProblem, type TextProblem, textProblem } from '../soundbites/text-rules.ts';

interface RequestRules {
  readonly textBytes: number;
  readonly callbacks: CallbackPolicy;
  readonly jobTimeoutSeconds: number;
}

const issueOf = ({ message, at }: TextProblem) => ({ code: 'custom' as const, message, params: { at } });

/** The body of POST /soundbites under an environment's rules. Unknown members are refused: a misspelt one would be ignored. */
export function soundbiteRequest({ textBytes, callbacks, jobTimeoutSeconds }: RequestRules) {
  const body = z.strictObject({
    text: z
      .string()
      .superRefine((text, context) => {
        const problem = textProblem(text, textBytes);
        if (problem !== undefined) context.addIssue(issueOf(problem));
      })
      .meta({
        description: `What is to be said, in English; up to ${textBytes} bytes of UTF-8 in the words that are said for it. A character that cannot be spoken is refused with its place`,
        example: 'Good morning!',
      }),
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
  return body.superRefine((request, context) => {
    const problem = lengthProblem(request, jobTimeoutSeconds);
    if (problem !== undefined) context.addIssue({ ...issueOf(problem), path: ['text'] });
  });
}
