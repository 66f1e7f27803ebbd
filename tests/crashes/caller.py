

def main() -> None:
    import sys

    try:
        print(f"= {double(int(sys.argv[2]))}")
    except MetropipeError as error:
        print(f"! {error}")


main()
