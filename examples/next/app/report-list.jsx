'use client';
import { TaskProgress, useTasks } from '@carillon/react';

const SHOWN = 5;

export function Reports() {
  const { items } = useTasks();
  if (items.length === 0) return <p>No reports yet.</p>;
  return (
    <ul className="reports">
      {items.slice(0, SHOWN).map(({ id }) => (
        <li key={id}>
          <TaskProgress taskId={id} />
        </li>
      ))}
    </ul>
  );
}
