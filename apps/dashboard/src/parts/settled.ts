import { useEffect, useState } from 'react';

/** What is typed, once nothing more was typed for so many ms: not every letter is asked for. */
export function useSettled(typed: string, afterMs: number): string {
  const [settled, setSettled] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(typed), afterMs);
    return () => clearTimeout(timer);
  }, [typed, afterMs]);
  return settled;
}
