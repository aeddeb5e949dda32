import type { AskerView } from '@soundbite/client';

/** Who somebody is, and what they may do where. */
export const AskerText = ({ asker: { name, role, environments } }: { readonly asker: AskerView }) => (
  <>
    <bdi>{name}</bdi>, {role}
    {environments.length > 0 && ` in ${environments.join(', ')}`}
  </>
);
