import type { Digest } from '@soundbite/model/digest.ts';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useId, useLayoutEffect, useRef, useState } from 'react';
import { goTo } from '../navigation.tsx';
import { CommandText } from '../parts/command-text.tsx';
import { Problem } from '../parts/problem.tsx';
import type { Act, Question } from './act.ts';
import { GoesBack } from './goes-back.tsx';
import { PlanOf, planOf } from './plan-of.tsx';
import { useRollbackShown } from './rollback-shown.ts';

interface ActDialogProps {
  readonly act: Act;
  onClose(): void;
  readonly children?: ReactNode;
}

/** Asks whether an act is meant: what it would bring, why, and the command that does the same. Nothing is shown as done before the control plane has it. */
export function ActDialog({ act, onClose, children }: ActDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const { data: plan } = useQuery({
    ...planOf(act.brings?.environment ?? '', act.brings?.release),
    enabled: act.brings !== null,
  });
  const way = useRollbackShown(act.goesBack);
  // One that this home does not have is waited for where it is not named.
  const brought = plan?.cut ? plan.release : undefined;
  const shown = way.is === 'back' && way.isNamed ? way.to : brought;
  return (
    <dialog ref={dialog} aria-labelledby={title} onClose={onClose} className="act">
      <h2 id={title}>{act.title}</h2>
      {act.says && <p>{act.says}</p>}
      {act.brings && <PlanOf {...act.brings} />}
      {act.goesBack && <GoesBack way={way} />}
      {children}
      <Order act={act} {...(shown && { shown })} onDone={() => dialog.current?.close()} />
    </dialog>
  );
}

const isByFinger = () => matchMedia('(pointer: coarse)').matches;

interface OrderProps extends Pick<ActDialogProps, 'act'> {
  /** The release that is shown to be brought, or to come back. */
  readonly shown?: Digest;
  onDone(): void;
}

function Order({ act, shown, onDone }: OrderProps) {
  // One for as long as the dialog is open: sent twice it is done once.
  const [key] = useState(() => crypto.randomUUID());
  const [reason, setReason] = useState('');
  const [{ isBusy, error }, setSent] = useState<{ isBusy: boolean; error: unknown }>({ isBusy: false, error: null });
  const { question } = act;
  const form = useRef<HTMLFormElement>(null);
  const [answer, setAnswer] = useState(question?.options?.[0]?.[0] ?? '');
  const said = reason.trim();
  // Where nothing is asked, the first thing to reach is the act itself, or the way out of one that takes something away. A field would bring a phone's keyboard over both.
  const isAsked = act.reason === 'required' || (act.reason === 'optional' && !isByFinger());
  const isPlain = question === undefined && !isAsked;
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (isBusy) return;
    setSent({ isBusy: true, error: null });
    try {
      const next = await act.perform(said, key, answer, shown);
      // Who left it meanwhile is somewhere else.
      if (!form.current?.isConnected) return;
      onDone();
      if (next) goTo(next);
    } catch (failure) {
      setSent({ isBusy: false, error: failure });
    }
  };
  return (
    <form ref={form} onSubmit={send}>
      {question && <Asked question={question} answer={answer} onAnswer={setAnswer} />}
      {act.reason !== 'none' && (
        <label>
          Why{act.reason === 'optional' && ' (if you like)'}
          <input
            value={reason}
            maxLength={1000}
            required={act.reason === 'required'}
            // biome-ignore lint/a11y/noAutofocus: within a dialog; what it shows may have links before this field.
            autoFocus={question === undefined && !isPlain}
            onChange={({ target }) => setReason(target.value)}
          />
        </label>
      )}
      <CommandText text={act.command(said, answer, shown)} />
      {error !== null && <Problem error={error} />}
      <div className="buttons">
        <button
          type="submit"
          // Not `disabled`, which would take the focus away for good.
          aria-disabled={isBusy}
          disabled={question?.mustBe !== undefined && answer !== question.mustBe}
          className={act.isGrave ? 'grave' : 'main'}
          // biome-ignore lint/a11y/noAutofocus: within a dialog, which is opened with the focus in it.
          autoFocus={isPlain && !act.isGrave}
        >
          {act.verb}
        </button>
        {/* biome-ignore lint/a11y/noAutofocus: the same. */}
        <button type="button" onClick={onDone} autoFocus={isPlain && act.isGrave}>
          Leave it
        </button>
      </div>
    </form>
  );
}

interface AskedProps {
  readonly question: Question;
  readonly answer: string;
  onAnswer(answer: string): void;
}

function Asked({ question: { label, options }, answer, onAnswer }: AskedProps) {
  const id = useId();
  return (
    <div className="asked">
      <label htmlFor={id}>{label}</label>
      {options ? (
        <select id={id} value={answer} onChange={({ target }) => onAnswer(target.value)}>
          {options.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          value={answer}
          autoComplete="off"
          // Preact takes `false` for an attribute that is not there.
          spellCheck="false"
          onChange={({ target }) => onAnswer(target.value)}
        />
      )}
    </div>
  );
}
