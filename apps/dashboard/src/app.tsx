import { useQuery } from '@tanstack/react-query';
import { ask } from './api.ts';

/** The environments' names, in the order of the chain. */
export function Dashboard() {
  const { data, error } = useQuery({
    queryKey: ['environments'],
    queryFn: ({ signal }) => ask('GET /v1/environments', { signal }),
  });
  return (
    <main>
      <h1>Environments</h1>
      {error !== null && <p role="alert">{error.message}</p>}
      <ol>
        {data?.environments.map(({ name }) => (
          <li key={name}>{name}</li>
        ))}
      </ol>
    </main>
  );
}
