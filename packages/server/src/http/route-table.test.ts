import { expect, test } from 'vitest';
import { createRouteTable } from './route-table.ts';

test('a path has the methods of every route that fits it', () => {
  const table = createRouteTable();
  table.add('GET', '/api/v1/tasks');
  table.add(['GET', 'HEAD'], '/api/v1/tasks/:task_id');
  table.add('POST', '/api/v1/tasks/:task_id/start');
  table.add('GET', '/docs/static/*');
  table.add('GET', '/ws/chat/{username}');
  expect(table.methodsOf('/api/v1/tasks')).toEqual(['GET']);
  expect(table.methodsOf('/api/v1/tasks/7')).toEqual(['GET']);
  expect(table.methodsOf('/api/v1/tasks/7/start')).toEqual(['POST']);
  expect(table.methodsOf('/docs/static/a/b.js')).toEqual(['GET']);
  expect(table.methodsOf('/ws/chat/bob')).toEqual(['GET']);
  expect(table.methodsOf('/api/v1/tasks/')).toEqual([]);
  expect(table.methodsOf('/apiXv1/tasks')).toEqual([]);
});
