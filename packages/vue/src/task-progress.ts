/** `<TaskProgress/>`: one task with its bar, its text and its end. */
import { defineComponent, h } from 'vue';
import type { PropType, VNode } from 'vue';
import type { TaskViewModel } from '@carillon/client/ui';
import { useTexts } from './carillon-context.ts';
import { TaskStreamText } from './task-stream-text.ts';
import { useTaskProgress } from './use-task-progress.ts';

export const TaskProgress = defineComponent({
  name: 'TaskProgress',
  props: {
    taskId: { type: String, required: true },
    /** Shows the text the task writes, below the bar. @default false */
    showsStream: { type: Boolean, default: false },
    /** `@dismiss`: a button to put a finished task away; what that means is yours. */
    onDismiss: { type: Function as PropType<(taskId: string) => void> },
  },
  setup(props) {
    const { status, view, cancel } = useTaskProgress(() => props.taskId);
    const texts = useTexts();
    return () => {
      const { t } = texts.value;
      const now = view.value;
      if (status.value === 'off') return null;
      if (now === undefined) {
        const isFailed = status.value === 'error';
        return h(
          'p',
          { class: 'carillon-task', role: isFailed ? 'alert' : undefined },
          t(isFailed ? 'task.error' : 'task.loading'),
        );
      }
      const { onDismiss, taskId } = props;
      return h('div', { class: 'carillon-task', 'data-status': now.status }, [
        h('div', { class: 'carillon-task-head' }, [
          h('span', { class: 'carillon-task-title' }, now.title),
          h('span', { class: 'carillon-task-status' }, now.statusText),
          h('span', { class: 'carillon-task-percent' }, now.percentText),
        ]),
        bar(now),
        h('div', { class: 'carillon-task-foot' }, [
          h('span', { class: 'carillon-task-detail' }, now.detail),
          now.canCancel && button(t('task.cancel'), cancel),
          now.isFinished &&
            onDismiss !== undefined &&
            button(t('task.dismiss'), () => onDismiss(taskId)),
        ]),
        // Steps are read from the bar; the end is worth an interruption.
        h(
          'span',
          { class: 'carillon-hidden', role: 'status' },
          now.isFinished ? `${now.title}: ${now.statusText}` : '',
        ),
        props.showsStream && h(TaskStreamText, { taskId }),
      ]);
    };
  },
});

const button = (text: string, onClick: () => void): VNode =>
  h('button', { type: 'button', class: 'carillon-button', 'data-kind': 'quiet', onClick }, text);

function bar({ title, percent, valueText }: TaskViewModel): VNode {
  const isKnown = percent !== undefined;
  const known = isKnown
    ? { 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-valuenow': percent }
    : {};
  const attributes = {
    class: 'carillon-task-track',
    role: 'progressbar',
    'aria-label': title,
    'aria-valuetext': valueText,
    'data-indeterminate': !isKnown,
    ...known,
  };
  const style = isKnown ? { transform: `scaleX(${percent / 100})` } : undefined;
  return h('div', attributes, h('div', { class: 'carillon-task-fill', style }));
}
