/** A checkbox with its label, large enough to touch. */
interface SwitchProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly onSwitch: (isOn: boolean) => void;
}

export const Switch = ({ label, isOn, onSwitch }: SwitchProps) => (
  <label className="pg-switch">
    <input type="checkbox" checked={isOn} onChange={({ target }) => onSwitch(target.checked)} />
    {label}
  </label>
);
