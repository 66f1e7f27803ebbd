"""What the packages themselves say: no stub, no channel."""

import inflection
import packaging.utils
import rich.cells

with open("words.txt", encoding="utf-8") as words:
    for word in words.read().split("\n")[:-1]:
        try:
            valid = packaging.utils.canonicalize_name(word, validate=True)
        except packaging.utils.InvalidName as error:
            valid = f"InvalidName: {error}"
        print(packaging.utils.canonicalize_name(word))
        print(valid)
        print(inflection.pluralize(word))
        print(rich.cells.set_cell_size(word, 5))
        print("|".join(rich.cells.chop_cells(word, 4)))
