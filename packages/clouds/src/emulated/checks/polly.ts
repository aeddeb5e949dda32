import { strict as assert } from 'node:assert';
import { DescribeVoicesCommand, PollyClient, SynthesizeSpeechCommand } from '@aws-sdk/client-polly';
import { createUser } from '../test-users.ts';
import type { Check } from './check.ts';

const speech = new SynthesizeSpeechCommand({ Text: 'Hello', OutputFormat: 'pcm', VoiceId: 'Joanna' });

export const polly: Check = {
  correction: 'polly',
  title: 'Polly answers at the account under IAM',
  failsWithout: /signature we calculated does not match/,
  async holds(account) {
    const allowed = new PollyClient(await createUser(account, 'speaker', ['polly:SynthesizeSpeech']));
    const said = await allowed.send(speech);
    assert.equal(said.ContentType, 'audio/pcm');
    assert.equal(said.RequestCharacters, 5);
    assert.ok(((await said.AudioStream?.transformToByteArray()) ?? []).length > 8_000);
    await assert.rejects(allowed.send(new DescribeVoicesCommand({})), { name: 'AccessDeniedException' });
    await assert.rejects(new PollyClient(await createUser(account, 'mute', ['s3:*'])).send(speech), {
      name: 'AccessDeniedException',
    });
    const voices = await new PollyClient(account.config).send(new DescribeVoicesCommand({ LanguageCode: 'en-GB' }));
    assert.ok(voices.Voices?.some(({ Id }) => Id === 'Brian'));
    await assert.rejects(allowed.send(new SynthesizeSpeechCommand({ ...speech.input, Text: 'a'.repeat(3_001) })), {
      name: 'TextLengthExceededException',
    });
    const anonymous = await fetch(`${account.endpoint}/v1/speech`, { method: 'POST', body: '{}' });
    assert.equal(anonymous.status, 403);
  },
};
