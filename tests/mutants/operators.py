"""Changes of source that cosmic-ray does not make itself."""

import parso
from cosmic_ray.operators.operator import Operator

# Statements without which the rest of a function still runs.
DEEDS = {"atom_expr", "await", "power", "raise_stmt", "yield_expr"}


class StringReplacer(Operator):
    """Another text in place of one that is no docstring."""

    def mutation_positions(self, node):
        if node.type == "fstring_string" or (node.type == "string" and not docstring(node)):
            yield node.start_pos, node.end_pos

    def mutate(self, node, _index):
        node.value = "mutant" if node.type == "fstring_string" else '"mutant"'
        return node

    @classmethod
    def examples(cls):
        return ()


class StatementRemover(Operator):
    """Nothing in place of a call, a raise, a yield or a change of a value."""

    def mutation_positions(self, node):
        if node.type == "simple_stmt" and deed(node.children[0]):
            yield node.start_pos, node.end_pos

    def mutate(self, node, _index):
        node.children[0] = parso.parse(f"{node.children[0].get_first_leaf().prefix}pass")
        return node

    @classmethod
    def examples(cls):
        return ()


def docstring(node):
    return node.parent.type == "simple_stmt"


def deed(statement):
    if statement.type == "expr_stmt":
        target, operator = statement.children[:2]
        return target.type == "atom_expr" or (operator.type == "operator" and operator.value != "=")
    return statement.type in DEEDS


OWN = {"StringReplacer": StringReplacer, "StatementRemover": StatementRemover}
