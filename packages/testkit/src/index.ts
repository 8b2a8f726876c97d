export * from './running-server.ts';
export * from './raw-websocket.ts';
export * from './fake-clock.ts';
export * from './seeded-random.ts';
export * from './scripted-socket.ts';
