"""Keys that take effect before the next key is handled."""

from textual import events
from textual.widget import Widget


async def run_binding(widget: Widget, event: events.Key) -> None:
    """Run the widget's own binding for a key at once, if there is one.

    Textual runs a binding only when the key has bubbled up to the app. By then the widget may have
    handled keys that were pressed later: text typed after Enter became part of the question.
    """
    for binding in widget._bindings.key_to_bindings.get(event.key, ()):
        if not binding.priority and await widget.app.run_action(binding.action, widget):
            event.stop()
            event.prevent_default()
            return
