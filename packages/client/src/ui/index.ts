/** What the React and Vue packages share: texts, the route table, and the logic of their components. */
export {};
