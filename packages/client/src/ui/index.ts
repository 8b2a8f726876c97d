/** What the React and Vue packages share: texts, the route table, and the logic of their components. */
export * from './bell-view.ts';
export * from './chat-rows.ts';
export * from './chat-view.ts';
export * from './connection-view.ts';
export * from './features.ts';
export * from './guard-carillon.ts';
export * from './guard-client.ts';
export * from './page-carillon.ts';
export * from './page-host.ts';
export * from './route-table.ts';
export * from './scroll-stick.ts';
export * from './task-view.ts';
export type { UiTextTable } from './texts/en.ts';
export * from './ticking-clock.ts';
export * from './ui-texts.ts';
