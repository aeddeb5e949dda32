import { useState } from 'react';

/** A command line, to be read and copied. */
export function CommandText({ text }: { readonly text: string }) {
  const [copied, setCopied] = useState('');
  return (
    <p className="command">
      <code>{text}</code>
      <button
        type="button"
        className="quiet"
        onClick={() =>
          navigator.clipboard.writeText(text).then(
            () => setCopied(text),
            () => setCopied(''),
          )
        }
      >
        {copied === text ? 'Copied' : 'Copy'}
      </button>
    </p>
  );
}
