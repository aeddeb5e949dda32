import { z } from 'zod';

/** A file or directory of the repository: `apps/service`. */
export const RepositoryPath = z
  .string()
  .min(1, 'is empty; name a file or a directory')
  .refine((path) => !path.startsWith('/'), 'is absolute; write it relative to service.yaml')
  .refine(
    (path) => path.startsWith('/') || path.split('/').every((part) => part !== '' && part !== '.' && part !== '..'),
    'must be written without . and .. and without a slash at its end',
  );
