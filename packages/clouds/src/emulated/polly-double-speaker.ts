import { PollyError } from './polly-double-error.ts';
import { type Piece, piecesOf } from './polly-double-pieces.ts';
import type { Utterance } from './polly-double-request.ts';
import { join, lengthOf, MOST_SAMPLES, type Stretch } from './polly-double-sound.ts';
import type { VoiceProcess } from './polly-double-voice.ts';
import { type VoicePool, voicePool } from './polly-double-voice-pool.ts';
import type { Task } from './polly-double-voice-process.ts';

/** Speaks by Flite, side by side. */
export interface PollySpeaker {
  /**
   * The encoded sound. Rejects when Flite fails, when `left` is aborted (the work ends at once), and with
   * `ThrottlingException` when as many utterances of this engine are in hand as Polly takes at once.
   */
  speak(utterance: Utterance, left: AbortSignal): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Requests that Polly works on at once, by engine (its quotas for SynthesizeSpeech); one more is throttled. */
const AT_ONCE: Readonly<Record<Utterance['engine'], number>> = {
  standard: 80,
  neural: 18,
  'long-form': 26,
  generative: 26,
};

/** An utterance in hand. Its pieces are said by whichever voice is free, in turn with those of the others. */
interface Turn {
  readonly utterance: Utterance;
  readonly pieces: readonly Piece[];
  readonly sounds: Stretch[];
  /** The next piece to be handed out; as many as there are pieces: nothing is left to say. */
  next: number;
  readonly voices: Set<VoiceProcess>;
  readonly answer: PromiseWithResolvers<Uint8Array>;
}

/** All that is in hand. */
interface Work {
  readonly turns: Set<Turn>;
  /** Turns with something to hand out; the first is next. */
  readonly round: Turn[];
  readonly voices: VoicePool;
}

/** A voice that has had nothing to say for `idleMilliseconds` ends, and gives its memory back. */
export function createSpeaker(idleMilliseconds: number): PollySpeaker {
  const voices = voicePool(idleMilliseconds, () => handOut(work));
  const work: Work = { turns: new Set(), round: [], voices };
  return {
    speak: (utterance, left) => speak(work, utterance, left),
    async close() {
      for (const turn of work.turns) end(work, turn, () => turn.answer.reject(new Error('the Polly double ends')));
      await voices.close();
    },
  };
}

async function speak(work: Work, utterance: Utterance, left: AbortSignal): Promise<Uint8Array> {
  left.throwIfAborted();
  const turn = begin(work, utterance);
  const stop = () => end(work, turn, () => turn.answer.reject(left.reason));
  left.addEventListener('abort', stop, { once: true });
  work.turns.add(turn);
  work.round.unshift(turn); // its first piece before the others' next ones: a short text is answered at once
  handOut(work);
  try {
    return await turn.answer.promise;
  } finally {
    left.removeEventListener('abort', stop);
  }
}

function begin({ turns }: Work, utterance: Utterance): Turn {
  const { engine } = utterance;
  const inHand = [...turns].filter((turn) => turn.utterance.engine === engine).length;
  if (inHand >= AT_ONCE[engine]) throw new PollyError('ThrottlingException', 'Rate exceeded');
  const pieces = piecesOf(utterance);
  const sounds = pieces.map((piece) => ('silence' in piece ? piece.silence : 0));
  const voices = new Set<VoiceProcess>();
  const answer = Promise.withResolvers<Uint8Array>();
  const turn: Turn = { utterance, pieces, sounds, next: 0, voices, answer };
  skipSilence(turn);
  return turn;
}

function handOut(work: Work): void {
  while (work.round.length > 0) {
    const voice = work.voices.take();
    const turn = voice && work.round.shift();
    if (voice === undefined || turn === undefined) return;
    void perform(work, turn, voice);
  }
}

async function perform(work: Work, turn: Turn, voice: VoiceProcess): Promise<void> {
  const task = nextTask(turn);
  if (turn.next < turn.pieces.length) work.round.push(turn);
  turn.voices.add(voice);
  try {
    const made = await voice.do(task.what);
    turn.voices.delete(voice);
    if (task.what.kind === 'encode') end(work, turn, () => turn.answer.resolve(made as Uint8Array));
    else keep(work, turn, task.place, made as Int16Array);
  } catch (error) {
    turn.voices.delete(voice);
    end(work, turn, () => turn.answer.reject(error));
  }
  work.voices.rest(voice);
  handOut(work);
}

function keep({ turns, round }: Work, turn: Turn, place: number, sound: Int16Array): void {
  turn.sounds[place] = sound;
  if (lastsLong(turn)) {
    turn.next = turn.pieces.length;
    leaveRound(round, turn);
  }
  const isSaid = turn.next === turn.pieces.length && turn.voices.size === 0;
  if (isSaid && turns.has(turn)) round.unshift(turn); // it waits for nobody any more
}

function leaveRound(round: Turn[], turn: Turn): void {
  const place = round.indexOf(turn);
  if (place >= 0) round.splice(place, 1);
}

/** Ends a turn, and what is still done for it. */
function end({ turns, round, voices }: Work, turn: Turn, settle: () => void): void {
  if (!turns.delete(turn)) return;
  leaveRound(round, turn);
  settle();
  for (const voice of turn.voices) voices.end(voice);
}

/** What is to be done next for a turn, and which piece that is: saying one, or encoding them all. */
function nextTask(turn: Turn): { readonly what: Task; readonly place: number } {
  const { utterance, pieces, sounds, next } = turn;
  const piece = pieces[next];
  if (piece === undefined || 'silence' in piece) {
    return { what: { kind: 'encode', samples: join(sounds), form: utterance }, place: next };
  }
  turn.next += 1;
  skipSilence(turn);
  return { what: { kind: 'say', voice: utterance.fliteVoice, ...piece }, place: next };
}

/** Whether what was handed out lasts as long as Polly's sound does: nobody will hear the rest. */
const lastsLong = ({ sounds, next }: Turn): boolean =>
  sounds.slice(0, next).reduce<number>((sum, sound) => sum + lengthOf(sound), 0) >= MOST_SAMPLES;

/** Silence needs no voice. */
function skipSilence(turn: Turn): void {
  for (let piece = turn.pieces[turn.next]; piece !== undefined && 'silence' in piece; ) {
    turn.next += 1;
    piece = turn.pieces[turn.next];
  }
}
