/** The text a task writes; read out once it is complete, not word by word. */
import { defineComponent, h } from 'vue';
import { useTexts } from './carillon-context.ts';
import { useTaskStream } from './use-task-stream.ts';

export const TaskStreamText = defineComponent({
  name: 'TaskStreamText',
  props: { taskId: { type: String, required: true } },
  setup(props) {
    const { status, text } = useTaskStream(() => props.taskId);
    const texts = useTexts();
    return () => {
      const now = status.value;
      if (now === 'off' || (text.value === '' && now !== 'streaming')) return null;
      const attributes = {
        class: 'carillon-stream',
        'data-status': now,
        'aria-busy': now === 'streaming' || now === 'loading',
      };
      return h('div', attributes, [
        h('p', { class: 'carillon-stream-text' }, text.value),
        h(
          'span',
          { class: 'carillon-hidden', 'aria-live': 'polite' },
          now === 'done' ? text.value : '',
        ),
        now === 'streaming' && h('p', { class: 'carillon-note' }, texts.value.t('task.streaming')),
      ]);
    };
  },
});
