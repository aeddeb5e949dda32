/** The names by which AWS's services say that something is not there. Nothing brings it back by waiting. */
const goneNames: ReadonlySet<string> = new Set([
  'DashboardNotFoundError',
  'NoSuchBucket',
  'NoSuchBucketPolicy',
  'NoSuchEntity',
  'NoSuchEntityException',
  'NotFound',
  'NotFoundException',
  'ParameterNotFound',
  'QueueDoesNotExist',
  'AWS.SimpleQueueService.NonExistentQueue',
  'ResourceNotFound',
  'ResourceNotFoundException',
]);

/** Whether an error of the AWS SDK says that what was asked for does not exist. */
export const isGone = (error: unknown): boolean => error instanceof Error && goneNames.has(error.name);

/** The answer; null if the resource does not exist. */
export async function unlessGone<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}
