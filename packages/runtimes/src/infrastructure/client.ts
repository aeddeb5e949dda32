import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { type CloudAccess, clientOptions } from '@soundbite/model';

/** Tries of one call, with growing pauses of up to 20 s between them: all of an account share CloudFormation's few calls a second. */
const maxAttempts = 8;

/** Acts with a client of its own: credentials may have been renewed since the last time, and an emulated account may have moved. */
export async function withCloudFormation<T>(
  access: CloudAccess,
  act: (client: CloudFormationClient) => Promise<T>,
): Promise<T> {
  const client = new CloudFormationClient({ ...clientOptions(access), maxAttempts });
  try {
    return await act(client);
  } finally {
    client.destroy();
  }
}
