"""Add the probability of churn to customers."""

import argparse

import mlflow
from customers import FEATURES, read


def main() -> None:
    """Read customers, score, write."""
    parser = argparse.ArgumentParser()
    for name in ("--customers", "--model", "--scores"):
        parser.add_argument(name, required=True)
    arguments = parser.parse_args()
    customers = read(arguments.customers)
    classifier = mlflow.sklearn.load_model(arguments.model)
    customers["churn"] = classifier.predict_proba(customers[FEATURES])[:, 1]
    customers.to_csv(arguments.scores, index=False)


if __name__ == "__main__":
    main()
