import { type Cloud, SoundBiteError } from '@soundbite/model';

/** Whether the controller of an environment can act in its account: false where its role is gone. Errors: those of an account that is away. */
export async function isReachable(cloud: Cloud): Promise<boolean> {
  try {
    await cloud.access('controller');
    return true;
  } catch (error) {
    if (error instanceof SoundBiteError && error.code === 'cloud-credentials') return false;
    throw error;
  }
}
