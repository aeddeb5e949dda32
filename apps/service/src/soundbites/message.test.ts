import { describe, expect, it } from 'vitest';
import { newSoundbiteId } from './identity.ts';
import { readMessage, writeMessage } from './message.ts';

describe('a message', () => {
  const id = newSoundbiteId(1);

  it('is read as it was written, and with fields that a newer version added', () => {
    expect(readMessage(writeMessage(id))).toEqual({ version: 1, id, rehearsal: false });
    expect(readMessage(writeMessage(id, true))).toEqual({ version: 1, id, rehearsal: true });
    expect(readMessage(JSON.stringify({ version: 1, id, tone: 'warm' }))).toEqual({ version: 1, id, rehearsal: false });
  });

  it.each(['', 'null', '[]', '{}', '{"version":1}', '{"version":"1"}', '{"version":1,"id":"7"}', '{"version":0}'])(
    'is not %s',
    (body) => {
      expect(() => readMessage(body)).toThrow(expect.objectContaining({ name: 'UnreadableMessageError' }));
    },
  );

  it('of a version to come is left to a newer worker', () => {
    expect(() => readMessage(JSON.stringify({ version: 2, id }))).toThrow('version 2; this worker knows version 1');
  });
});
