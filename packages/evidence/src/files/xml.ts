import { decodeUtf8, JsonSyntaxError } from '@soundbite/model';
import { SaxesParser } from 'saxes';
import { unreadable } from './unreadable.ts';

/** Reports nest four deep, or a little more where suites are in suites. */
const limits = { depth: 64, elements: 300_000, attributes: 100 };

/** What a reader is told of a file of XML, in order. */
export interface XmlListener {
  open(name: string, attributes: Readonly<Record<string, string>>, line: number): void;
  /** Text and CDATA, in pieces. */
  text(text: string): void;
  close(name: string): void;
}

/**
 * Walks over a file of XML. There is no document type, so there are no entities but those of XML itself, and nothing is fetched. Errors: `evidence-unreadable`,
 * with the line.
 */
export function walkXml(bytes: Uint8Array, listener: XmlListener): void {
  const text = textOf(bytes);
  const parser = new SaxesParser();
  const refuse = (problem: string, hint = 'write well-formed XML in UTF-8') => {
    throw unreadable(problem, hint, parser.line);
  };
  let [depth, elements, attributes] = [0, 0, 0];
  parser.on('error', ({ message }) => refuse(`the file is not well-formed XML: ${message.replace(/^\d+:\d+: /, '')}`));
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding && !/^(utf-?8|us-ascii)$/i.test(encoding)) refuse(`the file says that it is in ${encoding}`);
  });
  parser.on('doctype', () =>
    refuse('the file has a document type', 'leave out <!DOCTYPE …>: no entities are expanded'),
  );
  parser.on('opentagstart', () => {
    attributes = 0;
  });
  parser.on('attribute', () => {
    if (++attributes > limits.attributes) refuse(`an element has more than ${limits.attributes} attributes`);
  });
  parser.on('opentag', ({ name, attributes: given }) => {
    if (++depth > limits.depth) refuse(`the file is nested deeper than ${limits.depth}`);
    if (++elements > limits.elements) refuse(`the file has more than ${limits.elements} elements`, 'split it by kind');
    listener.open(name, given, parser.line);
  });
  parser.on('text', (piece) => listener.text(piece));
  parser.on('cdata', (piece) => listener.text(piece));
  parser.on('closetag', ({ name }) => {
    depth--;
    listener.close(name);
  });
  parser.write(text).close();
}

function textOf(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw unreadable(`the file ${error.message}`, 'write well-formed XML in UTF-8');
  }
}
