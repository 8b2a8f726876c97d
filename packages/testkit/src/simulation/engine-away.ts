/** Why calls of a simulated engine fail. */
export const AWAY = 'the engine is away, as the test wished';
